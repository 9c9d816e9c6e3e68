//! Finds the permission that a person asks for: the one that a tool of theirs requires, or the one that a call of theirs
//! was refused for, as their log has it.

use super::{Wish, error};
use crate::page_error::PageError;
use crate::services::Services;
use agent::access::Ask;
use agent::ids::ConversationId;
use agent::permission::Permission;
use agent::turn::Event;
use agent::{Actor, CallId, Place, Refusal, ToolName};

/// Returns what the form asks for.
///
/// # Errors
/// [`PageError`] if there is no such tool or refused call.
pub(super) async fn wanted(services: &Services, actor: &Actor, wish: Wish) -> Result<Ask, PageError> {
    let duration = super::duration(&wish.duration)?;
    let (permission, tool, place) = match (wish.tool, wish.conversation, wish.call) {
        (Some(tool), None, None) => of_tool(services, actor, ToolName(tool)).await?,
        (None, Some(conversation), Some(call)) => of_call(services, actor, conversation, CallId(call)).await?,
        _ => return Err(error::nothing_to_ask()),
    };
    Ok(Ask { permission, tool, reason: wish.reason, duration, place })
}

type Wanted = (Permission, ToolName, Option<Place>);

async fn of_tool(services: &Services, actor: &Actor, name: ToolName) -> Result<Wanted, PageError> {
    let tools = services.toolboxes.toolbox(actor).await;
    let requires = tools.offered().find(|tool| tool.spec().name == name).and_then(|tool| tool.requires());
    Ok((requires.ok_or_else(error::nothing_to_ask)?, name, None))
}

async fn of_call(services: &Services, actor: &Actor, conversation: String, call: CallId) -> Result<Wanted, PageError> {
    let id = ConversationId::try_from(conversation).map_err(|_| error::nothing_to_ask())?;
    let log = services.conversations.read_after(actor, &id, 0).await?;
    let (mut tool, mut permission) = (None, None);
    for entry in &log {
        match &entry.event {
            Event::CallProposed { call: own, .. } if own.id == call => tool = Some(own.tool.clone()),
            Event::CallRefused { call: own, refusal: Refusal::Denied { relation, object } } if *own == call => {
                permission = Permission::new(relation, object).ok();
            }
            _ => {}
        }
    }
    let (tool, permission) = tool.zip(permission).ok_or_else(error::nothing_to_ask)?;
    Ok((permission, tool, Some(Place { conversation: id, call })))
}
