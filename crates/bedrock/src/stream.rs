//! Conversion of the event stream to parts of an answer. A stream that ends before `messageStop` is an error, although
//! the SDK reports a regular end.

use crate::error;
use agent::ports::{ModelError, ReplyStream};
use assembly::Assembly;
use aws_sdk_bedrockruntime::primitives::event_stream::EventReceiver;
use aws_sdk_bedrockruntime::types::ConverseStreamOutput;
use aws_sdk_bedrockruntime::types::error::ConverseStreamOutputError;
use futures::{StreamExt, stream};
use std::collections::VecDeque;

mod assembly;
mod reasoning;
mod thinking;

type Receiver = EventReceiver<ConverseStreamOutput, ConverseStreamOutputError>;

/// Reads the stream until `messageStop`, an error, or its end. Each event yields at least one part, so that the
/// consumer sees that the model is alive. `sent` is the size of the request in bytes.
pub(crate) fn parts(receiver: Receiver, sent: usize) -> ReplyStream {
    let state = (receiver, Assembly::default(), VecDeque::new(), false);
    stream::unfold(state, move |(mut receiver, mut assembly, mut ready, over)| async move {
        loop {
            if let Some(part) = ready.pop_front() {
                return Some((part, (receiver, assembly, ready, over)));
            }
            if over {
                return None;
            }
            match receiver.recv().await {
                Ok(Some(event)) => ready.extend(assembly.take(event).into_iter().map(Ok)),
                Ok(None) if assembly.stopped => return None,
                Ok(None) => {
                    let cut = ModelError::Cut("the stream ended before messageStop".to_owned());
                    return Some((Err(cut), (receiver, assembly, ready, true)));
                }
                // The answer is complete after `messageStop`; only its usage is lost.
                Err(_) if assembly.stopped => return None,
                Err(failure) => {
                    return Some((Err(error::streaming(&failure, sent)), (receiver, assembly, ready, true)));
                }
            }
        }
    })
    .boxed()
}
