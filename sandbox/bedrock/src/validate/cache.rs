//! Rules for prompt caching: the cache points of a request. Must not depend on the content between them.

use crate::models::Family;
use crate::wire::{ContentBlock, Request, SystemBlock, Tool};

/// Most cache points that Claude accepts (platform.claude.com, "Prompt caching").
const MOST: usize = 4;

/// Checks the positions and the number of cache points. Nova accepts none among the tools
/// (github.com/danny-avila/LibreChat/issues/13838).
pub(super) fn check(request: &Request, family: Family) -> Result<(), String> {
    let tools = request.tool_config.iter().flat_map(|config| &config.tools);
    let mut in_tools = tools.enumerate().filter(|(_, tool)| matches!(tool, Tool::CachePoint(_)));
    if family == Family::Nova
        && let Some((at, _)) = in_tools.next()
    {
        return Err(format!(
            "The model returned the following errors: Malformed input request: #/toolConfig/tools/{at}: extraneous key [cachePoint] is not permitted, please reformat your input and try again."
        ));
    }
    let system = request.system.iter().filter(|block| matches!(block, SystemBlock::CachePoint(_))).count();
    let blocks = request.messages.iter().flat_map(|message| &message.content);
    let messages = blocks.filter(|block| matches!(block, ContentBlock::CachePoint(_))).count();
    match in_tools.count() + system + messages {
        found if found > MOST && family != Family::Nova => Err(format!(
            "The model returned the following errors: A maximum of {MOST} blocks with cache_control may be provided. Found {found}."
        )),
        _ => Ok(()),
    }
}
