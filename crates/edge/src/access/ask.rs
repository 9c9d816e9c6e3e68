//! Finds the permission that a person asks for: the one that a tool of theirs requires, or the one that a call of theirs
//! was refused for, as their log has it.

use super::{Wish, error};
use crate::page_error::PageError;
use crate::services::Services;
use agent::access::{AccessRequest, Ask};
use agent::ids::ConversationId;
use agent::permission::Permission;
use agent::ports::{Millis, Unavailable};
use agent::turn::Event;
use agent::{Actor, CallId, Place, Refusal, ToolName};

/// The wish of a form.
pub(super) struct Wanted {
    pub(super) ask: Ask,
    /// The time at which the call was refused, if the form names one.
    refused_at: Option<Millis>,
}

impl Wanted {
    /// Returns whether a grant of this permission was there when the call was refused: another one would not help either.
    pub(super) async fn is_in_vain(&self, services: &Services, actor: &Actor) -> Result<bool, Unavailable> {
        let Some(refused_at) = self.refused_at else { return Ok(false) };
        let own = services.access.own(actor).await?;
        let granted = |own: &AccessRequest| own.permission == self.ask.permission && own.was_granted_at(refused_at);
        Ok(own.iter().any(granted))
    }
}

/// Returns what the form asks for.
///
/// # Errors
/// [`PageError`] if there is no such tool or refused call.
pub(super) async fn wanted(services: &Services, actor: &Actor, wish: Wish) -> Result<Wanted, PageError> {
    let duration = super::duration(&wish.duration)?;
    let (permission, tool, place, refused_at) = match (wish.tool, wish.conversation, wish.call) {
        (Some(tool), None, None) => {
            let (permission, tool) = of_tool(services, actor, ToolName(tool)).await?;
            (permission, tool, None, None)
        }
        (None, Some(conversation), Some(call)) => {
            let (permission, tool, place, at) = of_call(services, actor, conversation, CallId(call)).await?;
            (permission, tool, Some(place), Some(at))
        }
        _ => return Err(error::nothing_to_ask()),
    };
    Ok(Wanted { ask: Ask { permission, tool, reason: wish.reason, duration, place }, refused_at })
}

async fn of_tool(services: &Services, actor: &Actor, name: ToolName) -> Result<(Permission, ToolName), PageError> {
    let tools = services.toolboxes.toolbox(actor).await;
    let requires = tools.offered().find(|tool| tool.spec().name == name).and_then(|tool| tool.requires());
    Ok((requires.ok_or_else(error::nothing_to_ask)?, name))
}

async fn of_call(
    services: &Services,
    actor: &Actor,
    conversation: String,
    call: CallId,
) -> Result<(Permission, ToolName, Place, Millis), PageError> {
    let id = ConversationId::try_from(conversation).map_err(|_| error::nothing_to_ask())?;
    let log = services.conversations.read_after(actor, &id, 0).await?;
    let (mut tool, mut permission, mut refused_at) = (None, None, 0);
    for entry in &log {
        match &entry.event {
            Event::CallProposed { call: own, .. } if own.id == call => tool = Some(own.tool.clone()),
            Event::CallRefused { call: own, refusal: Refusal::Denied { relation, object } } if *own == call => {
                (permission, refused_at) = (Permission::new(relation, object).ok(), entry.at);
            }
            _ => {}
        }
    }
    let (tool, permission) = tool.zip(permission).ok_or_else(error::nothing_to_ask)?;
    Ok((permission, tool, Place { conversation: id, call }, refused_at))
}
