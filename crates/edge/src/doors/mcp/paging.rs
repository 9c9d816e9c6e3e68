//! Pages of the list of tools (revision 2026-07-28, server/utilities/pagination).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rmcp::ErrorData;
use rmcp::model::Tool;

/// The beginning of what a cursor encodes; the name of a tool follows.
const AFTER: &str = "after ";

/// Longest cursor that is read, in bytes.
const LONGEST: usize = 1024;

/// Returns the tools of the page that begins at this cursor, and the cursor of the next page, if there is one. `tools` are
/// ordered by name. A page begins after a name, so that a tool that comes or goes moves no other across the edge.
///
/// # Errors
/// The cursor is not one of ours.
pub(super) fn page(
    tools: Vec<Tool>,
    cursor: Option<&str>,
    most: usize,
) -> Result<(Vec<Tool>, Option<String>), ErrorData> {
    let after = cursor.map(|cursor| read(cursor).ok_or_else(|| ErrorData::invalid_params("Unknown cursor.", None)));
    let after = after.transpose()?;
    let mut rest = tools.into_iter().filter(|tool| after.as_deref().is_none_or(|after| *tool.name > *after));
    let page: Vec<Tool> = rest.by_ref().take(most.max(1)).collect();
    let next = rest.next().and(page.last()).map(|last| URL_SAFE_NO_PAD.encode(format!("{AFTER}{}", last.name)));
    Ok((page, next))
}

/// Returns the name after which the page begins.
fn read(cursor: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|_| cursor.len() <= LONGEST)?;
    String::from_utf8(bytes).ok()?.strip_prefix(AFTER).map(str::to_owned)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;
    use rmcp::model::{ErrorCode, JsonObject};

    fn tools(count: usize) -> Vec<Tool> {
        (0..count).map(|number| Tool::new(format!("tool_{number:03}"), "", JsonObject::new())).collect()
    }

    #[test]
    fn every_tool_is_on_one_page() {
        for (count, sizes) in
            [(0, vec![0]), (1, vec![1]), (100, vec![100]), (101, vec![100, 1]), (250, vec![100, 100, 50])]
        {
            let (mut cursor, mut seen, mut own) = (None, Vec::new(), Vec::new());
            loop {
                let (page, next) = page(tools(count), cursor.as_deref(), 100).unwrap();
                own.push(page.len());
                seen.extend(page);
                cursor = next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((own, seen), (sizes, tools(count)), "{count}");
        }
    }

    #[test]
    fn a_tool_that_goes_between_two_pages_moves_no_other() {
        let (_, next) = page(tools(6), None, 3).unwrap();
        let rest: Vec<Tool> = tools(6).into_iter().filter(|tool| tool.name != "tool_002").collect();
        let (second, _) = page(rest, next.as_deref(), 3).unwrap();
        assert_eq!(second, tools(6)[3..]);
    }

    #[test]
    fn a_cursor_that_is_not_ours_is_an_error() {
        let long = URL_SAFE_NO_PAD.encode(format!("{AFTER}{}", "x".repeat(LONGEST)));
        for cursor in ["", "1", "after tool_001", "dG9vbF8wMDE", "_w", "YWZ0ZXIg=", &long] {
            let error = page(tools(3), Some(cursor), 1).unwrap_err();
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS, "{cursor}");
        }
    }
}
