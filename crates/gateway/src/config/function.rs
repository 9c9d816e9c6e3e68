//! The ARN of a function of AWS Lambda.

use super::ConfigError;
use serde::Deserialize;

/// `arn:<partition>:lambda:<region>:<account>:function:<name>`, optionally with a version or alias after a colon.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct FunctionArn {
    arn: String,
    region: String,
}

impl FunctionArn {
    pub(crate) fn as_str(&self) -> &str {
        &self.arn
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The endpoint of the Lambda API in the function's region.
    pub(crate) fn endpoint(&self) -> String {
        let suffix = if self.arn.starts_with("arn:aws-cn:") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://lambda.{}.{suffix}", self.region)
    }
}

impl TryFrom<String> for FunctionArn {
    type Error = ConfigError;

    fn try_from(arn: String) -> Result<Self, ConfigError> {
        let word = |text: &str| {
            (1..=64).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        let parts: Vec<&str> = arn.split(':').collect();
        let (["arn", partition, "lambda", region, account, "function", name], qualifier) =
            (&parts[..parts.len().min(7)], &parts[parts.len().min(7)..])
        else {
            return Err(ConfigError::Function);
        };
        let account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let partition = matches!(*partition, "aws" | "aws-cn" | "aws-us-gov");
        let qualified = match qualifier {
            [] => true,
            [one] => *one == "$LATEST" || word(one),
            _ => false,
        };
        if !partition || !account || !qualified || !word(region) || !word(name) {
            return Err(ConfigError::Function);
        }
        let region = (*region).to_owned();
        Ok(Self { arn, region })
    }
}
