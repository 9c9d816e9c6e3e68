//! The deletion of the one conversation of the in-memory store.

use crate::store::Gated;
use agent::Actor;
use agent::ids::ConversationId;
use agent::ports::{
    ChangeError, Deletions, Erasure, HideError, Hiding, Millis, Pass, Progress, TimerCheck, Unavailable, Unused,
};
use agent::search::SearchWords;
use async_trait::async_trait;

/// A deletion and its progress.
#[derive(Debug, Clone)]
pub(crate) struct Deletion {
    actor: Actor,
    id: ConversationId,
    until: Millis,
    /// Set while and after the log is erased.
    pub(crate) erased: bool,
    /// The next pass and the time at which it is due; `None` when both are done.
    next: Option<(Pass, Millis)>,
}

#[async_trait]
impl Deletions for Gated {
    async fn hide(&self, actor: &Actor, id: &ConversationId, hiding: Hiding<'_>) -> Result<Millis, HideError> {
        let (actor, id, until, events) = (actor.clone(), id.clone(), hiding.until, hiding.events.to_vec());
        let last = hiding.last;
        let nonces: Vec<u64> = events.iter().map(|_| self.nonce()).collect();
        self.send("hide", move |rows| {
            if let Some(Deletion { until, .. }) = &rows.deletion {
                return Ok(*until);
            }
            if last != Some(rows.log.len() as u64) {
                return Err(HideError::Changed);
            }
            for (event, nonce) in events.iter().zip(&nonces) {
                rows.append(event, *nonce).map_err(|_| HideError::Changed)?;
            }
            let (actor, id, next) = (actor.clone(), id.clone(), Some((Pass::First, until)));
            rows.deletion = Some(Deletion { actor, id, until, erased: false, next });
            Ok(until)
        })
        .await?
    }

    async fn restore(&self, _: &Actor, _: &ConversationId, _: &SearchWords, _: Millis) -> Result<(), ChangeError> {
        Err(ChangeError::NotFound)
    }

    async fn due(&self, now: Millis) -> Result<Vec<Erasure>, Unavailable> {
        self.send("due", move |rows| {
            let due = rows.deletion.iter().filter_map(|deletion| {
                let (pass, due) = deletion.next.filter(|(_, due)| *due < now)?;
                let Deletion { actor, id: conversation, until, .. } = deletion.clone();
                Some(Erasure { actor, conversation, until, due, pass })
            });
            due.collect()
        })
        .await
    }

    async fn mark(&self, erasure: &Erasure) -> Result<(), ChangeError> {
        let until = erasure.until;
        self.send("mark", move |rows| match &mut rows.deletion {
            Some(deletion) if deletion.until == until && deletion.next.is_some() => {
                if !deletion.erased {
                    rows.kept = rows.log.clone();
                }
                deletion.erased = true;
                Ok(())
            }
            _ => Err(ChangeError::NotFound),
        })
        .await?
    }

    async fn erase_some(&self, _: &Erasure) -> Result<Progress, Unavailable> {
        self.send("erase", |rows| {
            rows.log.clear();
            rows.nonces.clear();
            Progress::Done
        })
        .await
    }

    async fn complete(&self, erasure: &Erasure) -> Result<(), Unavailable> {
        let (pass, due) = (erasure.pass, erasure.due);
        self.send("erased", move |rows| {
            if let Some(deletion) = rows.deletion.as_mut().filter(|deletion| deletion.next == Some((pass, due))) {
                deletion.next = (pass == Pass::First).then(|| (Pass::Last, due + 3_600_000));
            }
        })
        .await
    }

    async fn unused(&self, _: Millis) -> Result<Vec<Unused>, Unavailable> {
        Ok(Vec::new())
    }

    async fn check_timer(&self, _: &Unused, _: TimerCheck) -> Result<Option<Millis>, Unavailable> {
        Ok(None)
    }
}
