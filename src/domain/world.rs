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
