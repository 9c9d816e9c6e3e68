//! The request to the guard about a call: its action, the arguments that the person did not write, and whether it would
//! disclose other tools' results to an external recipient.

use super::{History, Open, provenance};
use crate::approval::Definition;
use crate::guard::Request;
use crate::ids::ConversationId;
use crate::intent::Risk;
use crate::{Actor, Intent, Refusal, ToolCall, Toolbox};

/// Builds the request to run `call`. The origin of its arguments is determined only if a person will be asked.
pub(super) fn of(
    actor: &Actor,
    toolbox: &Toolbox,
    conversation: &ConversationId,
    call: ToolCall,
    intent: Intent,
    history: &History,
) -> Result<Request, Refusal> {
    let spec = toolbox.definition(&call);
    let definition = spec.and_then(|spec| Definition::of(spec).ok());
    let (Some(spec), Some(definition)) = (spec, definition) else {
        return Err(Refusal::BadInput { reason: "There is no such tool.".to_owned() });
    };
    let recipient = toolbox.recipient(&call.tool).filter(|_| intent.risk == Risk::Read);
    let recipient = recipient.filter(|to| history.disclosed.get(*to).is_none_or(|by| *by == call.id));
    // There is nothing to disclose until a tool other than the recipient's has returned a result.
    let recipient = recipient.filter(|to| {
        provenance::answered(&history.messages).any(|tool| toolbox.recipient(tool).is_none_or(|other| other != *to))
    });
    let asks = intent.risk == Risk::Elevated || recipient.is_some();
    let open = history.open.as_ref();
    let requested = open.filter(|open| open.requested().is_some()).and_then(Open::via);
    let chooser = requested.map_or("the assistant", |via| via.sender());
    let unsaid = asks.then(|| provenance::unsaid(&call, &spec.input_schema, &history.messages, chooser)).flatten();
    let discloses = recipient.filter(|_| unsaid.is_some()).map(str::to_owned);
    if let (Some(_), Some(reason)) = (&discloses, toolbox.withheld_for(Risk::Elevated)) {
        return Err(Refusal::BadInput { reason: reason.to_owned() });
    }
    let lookup = toolbox.lookup(&call);
    let mut request = Request::new(actor.clone(), conversation.clone(), call, intent, definition);
    (request.unsaid, request.discloses, request.lookup) = (unsaid, discloses, lookup);
    Ok(request)
}
