//! What an instance of a type offers to copies of inference components.
//!
//! Those with accelerators are looked up; of the families `c`, `m` and `r` a size has so many processors, and of these each
//! has so much memory. From the public tables of instance types; what SageMaker keeps for itself of an instance AWS does not say, so
//! nothing is taken off. See <https://aws.amazon.com/sagemaker/ai/pricing/> and
//! <https://aws.amazon.com/ec2/instance-types/>.

use super::placement::Resources;

/// Types with accelerators: family, size, processors, memory in GiB, accelerators.
const ACCELERATED: &[(&str, &str, u64, u64, u64)] = &[
    ("p2", "xlarge", 4, 61, 1),
    ("p2", "8xlarge", 32, 488, 8),
    ("p2", "16xlarge", 64, 732, 16),
    ("p3", "2xlarge", 8, 61, 1),
    ("p3", "8xlarge", 32, 244, 4),
    ("p3", "16xlarge", 64, 488, 8),
    ("p4d", "24xlarge", 96, 1152, 8),
    ("p4de", "24xlarge", 96, 1152, 8),
    ("p5", "4xlarge", 16, 256, 1),
    ("p5", "48xlarge", 192, 2048, 8),
    ("p5e", "48xlarge", 192, 2048, 8),
    ("p5en", "48xlarge", 192, 2048, 8),
    ("g4dn", "xlarge", 4, 16, 1),
    ("g4dn", "2xlarge", 8, 32, 1),
    ("g4dn", "4xlarge", 16, 64, 1),
    ("g4dn", "8xlarge", 32, 128, 1),
    ("g4dn", "12xlarge", 48, 192, 4),
    ("g4dn", "16xlarge", 64, 256, 1),
    ("g5", "xlarge", 4, 16, 1),
    ("g5", "2xlarge", 8, 32, 1),
    ("g5", "4xlarge", 16, 64, 1),
    ("g5", "8xlarge", 32, 128, 1),
    ("g5", "12xlarge", 48, 192, 4),
    ("g5", "16xlarge", 64, 256, 1),
    ("g5", "24xlarge", 96, 384, 4),
    ("g5", "48xlarge", 192, 768, 8),
    ("g6", "xlarge", 4, 16, 1),
    ("g6", "2xlarge", 8, 32, 1),
    ("g6", "4xlarge", 16, 64, 1),
    ("g6", "8xlarge", 32, 128, 1),
    ("g6", "12xlarge", 48, 192, 4),
    ("g6", "16xlarge", 64, 256, 1),
    ("g6", "24xlarge", 96, 384, 4),
    ("g6", "48xlarge", 192, 768, 8),
    ("g6e", "xlarge", 4, 32, 1),
    ("g6e", "2xlarge", 8, 64, 1),
    ("g6e", "4xlarge", 16, 128, 1),
    ("g6e", "8xlarge", 32, 256, 1),
    ("g6e", "12xlarge", 48, 384, 4),
    ("g6e", "16xlarge", 64, 512, 1),
    ("g6e", "24xlarge", 96, 768, 4),
    ("g6e", "48xlarge", 192, 1536, 8),
    ("inf2", "xlarge", 4, 16, 1),
    ("inf2", "8xlarge", 32, 128, 1),
    ("inf2", "24xlarge", 96, 384, 6),
    ("inf2", "48xlarge", 192, 768, 12),
    ("trn1", "2xlarge", 8, 32, 1),
    ("trn1", "32xlarge", 128, 512, 16),
    ("trn1n", "32xlarge", 128, 512, 16),
    ("trn2", "48xlarge", 192, 2048, 16),
];

/// What an instance of this type offers; none of a type of which that is not known here, which then has room for all.
pub fn offers(instance_type: &str) -> Option<Resources> {
    let (family, size) = instance_type.strip_prefix("ml.")?.split_once('.')?;
    let of = |cores: u64, gib: u64, accelerators: u64| Resources {
        accelerators: accelerators * 1000,
        memory_mb: gib * 1024,
        cores: cores * 1000,
    };
    let known = ACCELERATED.iter().find(|(of_family, of_size, ..)| (*of_family, *of_size) == (family, size));
    if let Some((.., cores, gib, accelerators)) = known {
        return Some(of(*cores, *gib, *accelerators));
    }
    let gib_per_core = match family.bytes().next()? {
        b'c' => 2,
        b'm' => 4,
        b'r' => 8,
        _ => return None,
    };
    let cores = processors(size)?;
    Some(of(cores, cores * gib_per_core, 0))
}

/// Processors of a size: `large` has two, `xlarge` four, `8xlarge` eight times four.
fn processors(size: &str) -> Option<u64> {
    match (size, size.strip_suffix("xlarge")) {
        ("medium", _) => Some(1),
        ("large", _) => Some(2),
        (_, Some("")) => Some(4),
        (_, Some(times)) => times.parse::<u64>().ok().and_then(|times| times.checked_mul(4)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_offers_what_its_table_or_its_family_says() {
        for (instance_type, cores, gib, accelerators) in [
            ("ml.m5.large", 2, 8, 0),
            ("ml.c6i.4xlarge", 16, 32, 0),
            ("ml.r5.xlarge", 4, 32, 0),
            ("ml.g5.12xlarge", 48, 192, 4),
            ("ml.p4d.24xlarge", 96, 1152, 8),
            ("ml.inf2.48xlarge", 192, 768, 12),
        ] {
            let wanted =
                Resources { accelerators: accelerators * 1000, memory_mb: gib * 1024, cores: cores * 1000 };
            assert_eq!(offers(instance_type), Some(wanted), "{instance_type}");
        }
    }

    #[test]
    fn of_a_type_that_is_not_known_nothing_is_said() {
        for instance_type in ["ml.g9.large", "ml.t2.medium", "ml.m5", "m5.large", "", "ml.m5.huge"] {
            assert_eq!(offers(instance_type), None, "{instance_type}");
        }
    }
}
