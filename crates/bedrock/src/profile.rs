//! The default model: Amazon Nova Pro, through the inference profile of the region.

/// The regions from which an inference profile of Nova Pro may be called (Bedrock user guide, "Supported Regions and
/// models for batch inference" and "Supported foundation models"). There is no guess for unlisted regions.
const PROFILES: [(&str, &[&str]); 3] = [
    ("us.", &["us-east-1", "us-east-2", "us-west-2"]),
    ("eu.", &["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"]),
    ("apac.", &["ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"]),
];

/// The regions that offer Nova Pro directly and have no profile for it.
const IN_REGION: [&str; 1] = ["us-gov-west-1"];

const MODEL: &str = "amazon.nova-pro-v1:0";

/// Returns the id of Nova Pro for a region, or `None` if AWS documents none.
#[must_use]
pub fn default_model(region: &str) -> Option<String> {
    if IN_REGION.contains(&region) {
        return Some(MODEL.to_owned());
    }
    let (prefix, _) = PROFILES.iter().find(|(_, regions)| regions.contains(&region))?;
    Some(format!("{prefix}{MODEL}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_its_own_profile_or_none() {
        for (region, expected) in [
            ("us-east-1", Some("us.amazon.nova-pro-v1:0")),
            ("us-west-2", Some("us.amazon.nova-pro-v1:0")),
            ("eu-central-1", Some("eu.amazon.nova-pro-v1:0")),
            ("ap-northeast-1", Some("apac.amazon.nova-pro-v1:0")),
            ("us-gov-west-1", Some("amazon.nova-pro-v1:0")),
            ("eu-central-2", None),
            ("sa-east-1", None),
            ("", None),
        ] {
            assert_eq!(default_model(region).as_deref(), expected, "{region}");
        }
    }
}
