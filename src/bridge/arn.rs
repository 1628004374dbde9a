//! ARNs of whatever service.

/// The parts of an ARN: `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `sqs`.
    pub service: &'a str,
    /// `us-east-1`.
    pub region: &'a str,
    /// Twelve digits.
    pub account: &'a str,
    /// What is behind: it may have colons.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of a text; `None` if it is no ARN of something in an account and a region.
    pub fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (head, partition) = (parts.next()?, parts.next()?);
        let [service, region, account, resource] =
            [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_arn = head == "arn" && partition.starts_with("aws") && is_account;
        (is_arn && [service, region, resource].iter().all(|part| !part.is_empty())).then_some(Self {
            service,
            region,
            account,
            resource,
        })
    }

    /// Whether it names a FIFO queue: by its name, as SQS has it.
    pub fn is_fifo_queue(&self) -> bool {
        self.service == "sqs" && self.resource.rsplit_once('.').is_some_and(|(_, kind)| kind == "fifo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts() {
        let arn = Arn::read("arn:aws-cn:logs:cn-north-1:123456789012:log-group:a:b");
        let expected =
            Arn { service: "logs", region: "cn-north-1", account: "123456789012", resource: "log-group:a:b" };
        assert_eq!(arn, Some(expected));
        for text in [
            "",
            "arn:aws:sqs:us-east-1:123456789012",
            "arn:aws:sqs:us-east-1:1:q",
            "x:aws:sqs:r:123456789012:q",
            "arn:aws:sqs::123456789012:q",
        ] {
            assert_eq!(Arn::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_fifo_queue_is_named_so() {
        for (text, is_fifo) in [
            ("sqs:r:123456789012:q.fifo", true),
            ("sqs:r:123456789012:q", false),
            ("sns:r:123456789012:t.fifo", false),
        ] {
            let text = format!("arn:aws:{text}");
            assert_eq!(Arn::read(&text).expect(&text).is_fifo_queue(), is_fifo, "{text}");
        }
    }
}
