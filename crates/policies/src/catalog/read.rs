//! A catalog from the JSON that `tools/list` prints.

use serde::Deserialize;

use super::{Catalog, SEPARATOR, Tool};

/// Bytes of a catalog file.
const LARGEST_CATALOG: usize = 10 * 1024 * 1024;

/// A catalog file that is not readable.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file has more than 10 MiB.
    #[error("the catalog has more than {LARGEST_CATALOG} bytes")]
    TooLarge,
    /// The file is no list of tools.
    #[error("the catalog must be a list of tools, or an object with `tools`, as tools/list prints it: {0}")]
    Format(#[from] serde_json::Error),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    List(Vec<ListedTool>),
    Answer { tools: Vec<ListedTool> },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedTool {
    name: String,
    group: Option<String>,
    #[serde(default)]
    input_schema: serde_json::Value,
}

impl Catalog {
    /// Reads a list of tools: `[{"name", "group", "inputSchema"}]`, or the result of `tools/list`. Without `group` it is
    /// what stands before three underscores in the name.
    pub fn from_json(text: &str) -> Result<Self, CatalogError> {
        if text.len() > LARGEST_CATALOG {
            return Err(CatalogError::TooLarge);
        }
        let (Listed::List(tools) | Listed::Answer { tools }) = serde_json::from_str(text)?;
        Ok(Self::new(tools.into_iter().map(|tool| {
            let before = tool.name.split_once(SEPARATOR).map(|(group, _)| group.to_owned());
            Tool { group: tool.group.or(before), name: tool.name, input_schema: tool.input_schema }
        })))
    }
}
