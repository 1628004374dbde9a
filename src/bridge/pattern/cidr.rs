//! `cidr`: addresses of a network.

use std::net::IpAddr;

/// A network: its address and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (address, bits) = text.split_once('/').ok_or("Malformed CIDR, one '/' required")?;
        let address: IpAddr = address.parse().map_err(|_| format!("Nonstandard IP address: {address}"))?;
        let bits: u32 =
            bits.parse().map_err(|_| "Malformed CIDR, mask bits must be an integer".to_owned())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        if bits > most {
            return Err(format!("IPv{} mask bits must not be > {most}", if most == 32 { 4 } else { 6 }));
        }
        Ok(Self { address, bits })
    }

    pub(super) fn contains(self, text: &str) -> bool {
        match (self.address, text.parse()) {
            (IpAddr::V4(ours), Ok(IpAddr::V4(theirs))) => {
                same(u128::from(ours.to_bits()) << 96, u128::from(theirs.to_bits()) << 96, self.bits)
            }
            (IpAddr::V6(ours), Ok(IpAddr::V6(theirs))) => same(ours.to_bits(), theirs.to_bits(), self.bits),
            _ => false,
        }
    }
}

/// Whether two numbers have the same first bits.
fn same(one: u128, other: u128, bits: u32) -> bool {
    (one ^ other).leading_zeros() >= bits
}
