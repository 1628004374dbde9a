//! A world: one account in one region. Everything that happens, happens inside one world, on its clock.

use std::fmt;

/// Account and region.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorldId {
    /// Twelve digits.
    pub account: String,
    /// For example `us-east-1`.
    pub region: String,
}

impl WorldId {
    /// The account of a request that names none.
    pub const DEFAULT_ACCOUNT: &'static str = "123456789012";
    /// The region of a request that names none.
    pub const DEFAULT_REGION: &'static str = "us-east-1";

    /// The world of `account` and `region`.
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        Self { account: account.into(), region: region.into() }
    }

    /// What is wrong with this text as an account: a sentence without its period.
    pub fn account_refusal(account: &str) -> Option<String> {
        let fits = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        (!fits).then(|| format!("account is {account:?}, but an account has 12 digits"))
    }

    /// What is wrong with this text as a region: a sentence without its period.
    pub fn region_refusal(region: &str) -> Option<String> {
        let sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=32).contains(&region.len()) && region.bytes().all(sign);
        (!fits).then(|| {
            format!("region is {region:?}, but a region has at most 32 small letters, digits and hyphens, such as us-east-1")
        })
    }

    /// `aws`, `aws-cn` or `aws-us-gov`: the partition that the region belongs to.
    pub fn partition(&self) -> &'static str {
        match self.region.as_str() {
            r if r.starts_with("cn-") => "aws-cn",
            r if r.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The ARN of a SageMaker resource; AWS writes the name in lower case.
    /// See <https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html>.
    pub fn sagemaker_arn(&self, kind: &str, name: &str) -> String {
        let (partition, name) = (self.partition(), name.to_lowercase());
        format!("arn:{partition}:sagemaker:{}:{}:{kind}/{name}", self.region, self.account)
    }

    /// The ARN of a CloudWatch alarm; the name keeps its case.
    pub fn alarm_arn(&self, name: &str) -> String {
        format!("arn:{}:cloudwatch:{}:{}:alarm:{name}", self.partition(), self.region, self.account)
    }

    /// The ARN of something of EventBridge, such as `event-bus/default`.
    pub fn events_arn(&self, resource: &str) -> String {
        format!("arn:{}:events:{}:{}:{resource}", self.partition(), self.region, self.account)
    }

    /// The ARN of a log group.
    pub fn log_group_arn(&self, name: &str) -> String {
        format!("arn:{}:logs:{}:{}:log-group:{name}", self.partition(), self.region, self.account)
    }

    /// The ARN of a rule on a bus; of one on the default bus it does not name the bus.
    pub fn rule_arn(&self, bus: &str, name: &str) -> String {
        let bus = if bus == "default" { String::new() } else { format!("{bus}/") };
        self.events_arn(&format!("rule/{bus}{name}"))
    }

    /// How the ARNs of this kind of Application Auto Scaling begin: `scalingPolicy`, `scheduledAction`.
    pub fn scaling_arn(&self, kind: &str) -> String {
        format!("arn:{}:autoscaling:{}:{}:{kind}:", self.partition(), self.region, self.account)
    }

    /// The name of the alarm of this world that has this ARN.
    pub fn alarm_of_arn<'a>(&self, arn: &'a str) -> Option<&'a str> {
        arn.strip_prefix(&self.alarm_arn("")).filter(|name| !name.is_empty())
    }

    /// The name of the alarm that `reference` means, a name or an ARN; `None` if it is the ARN of something
    /// else, or of an alarm in another world.
    pub fn alarm_named<'a>(&self, reference: &'a str) -> Option<&'a str> {
        if reference.starts_with("arn:") { self.alarm_of_arn(reference) } else { Some(reference) }
    }
}

impl fmt::Display for WorldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_twelve_digits_and_a_region_small_letters_digits_and_hyphens() {
        assert_eq!(WorldId::account_refusal(WorldId::DEFAULT_ACCOUNT), None);
        for text in ["", "12345678901", "1234567890123", "12345678901x"] {
            let refusal = format!("account is {text:?}, but an account has 12 digits");
            assert_eq!(WorldId::account_refusal(text), Some(refusal));
        }
        for text in [WorldId::DEFAULT_REGION, "x", &"x".repeat(32)] {
            assert_eq!(WorldId::region_refusal(text), None, "{text}");
        }
        for text in ["", "US-east-1", "us_east_1", &"x".repeat(33)] {
            let refusal = WorldId::region_refusal(text).expect("it is none");
            assert!(
                refusal.starts_with(&format!("region is {text:?}, but a region has at most 32")),
                "{refusal}"
            );
        }
    }

    #[test]
    fn an_arn_names_the_partition_of_its_region() {
        for (region, partition) in [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("xcn-1", "aws"),
        ] {
            let world = WorldId::new("111122223333", region);
            assert_eq!(
                world.sagemaker_arn("endpoint", "My-Endpoint"),
                format!("arn:{partition}:sagemaker:{region}:111122223333:endpoint/my-endpoint")
            );
            let arn = format!("arn:{partition}:cloudwatch:{region}:111122223333:alarm:My Alarm");
            assert_eq!(world.alarm_arn("My Alarm"), arn);
            assert_eq!(world.alarm_of_arn(&arn), Some("My Alarm"));
            assert_eq!(world.alarm_named(&arn), Some("My Alarm"));
        }
    }

    #[test]
    fn an_arn_of_something_else_names_no_alarm_of_this_world() {
        let world = WorldId::new("111122223333", "eu-west-1");
        let elsewhere = WorldId::new("111122223333", "eu-west-2").alarm_arn("latency");
        for arn in [elsewhere.as_str(), &world.sagemaker_arn("endpoint", "shop"), &world.alarm_arn("")] {
            assert_eq!((world.alarm_of_arn(arn), world.alarm_named(arn)), (None, None), "{arn}");
        }
        assert_eq!(world.alarm_of_arn("latency"), None, "it is a name");
        assert_eq!(world.alarm_named("latency"), Some("latency"));
        assert_eq!(world.to_string(), "111122223333/eu-west-1");
    }
}
