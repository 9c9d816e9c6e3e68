//! Kills servers according to a plan while others take over.

use crate::page::Sight;
use crate::phone::Answers;
use crate::plan::{House, Kill, Kind, Moment, When};
use crate::world::World;
use sandbox::identity::PushState;
use std::future::pending;
use std::time::Duration;
use tokio::sync::watch::Receiver;
use tokio::time::sleep;

/// A completed kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Killed {
    pub(crate) kind: Kind,
    pub(crate) state: State,
}

/// The state of the server at the kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It was running a turn or receiving a message.
    Busy,
    /// It was idle, because the awaited moment came too late or never.
    AtRest,
}

/// A snapshot of the sandbox's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outside {
    asked: usize,
    rings: usize,
    answered: usize,
    redeemed: usize,
    done: usize,
}

/// Performs the kills in order. `rest` completes when all messages are answered.
pub(crate) async fn kill(
    world: &mut World,
    kills: &[Kill],
    house: House,
    sight: &Receiver<Sight>,
    answers: &Answers,
    rest: impl AsyncFn(),
) -> Vec<Killed> {
    let mut killed = Vec::new();
    let mut left = kills.len();
    for Kill { when, later } in kills {
        let state = tokio::select! {
            biased;
            () = wait(world, *when, sight.clone(), answers) => State::Busy,
            () = rest() => State::AtRest,
        };
        sleep(*later).await;
        world.kill();
        left -= 1;
        match house {
            House::Restart => world.add().await,
            // A standby is added as long as another kill follows.
            House::Second if left > 0 => world.add().await,
            House::Second => {}
        }
        killed.push(Killed { kind: when.kind(), state });
    }
    killed
}

async fn wait(world: &World, when: When, mut sight: Receiver<Sight>, answers: &Answers) {
    match when {
        When::After(time) => sleep(time).await,
        When::Shown(event) => {
            if sight.wait_for(|sight| sight.transcript.last >= event).await.is_err() {
                pending().await
            }
        }
        When::Outside(moment) => {
            let before = Outside::of(world, answers);
            while !Outside::of(world, answers).is_past(before, moment) {
                sleep(Duration::from_millis(1)).await;
            }
        }
    }
}

impl Outside {
    fn of(world: &World, answers: &Answers) -> Self {
        let pushes = world.sandbox.provider().pushes();
        Self {
            asked: world.sandbox.bedrock().request_count(),
            rings: pushes.len(),
            answered: answers.lock().unwrap().len(),
            redeemed: pushes.iter().filter(|push| push.state == PushState::Redeemed).count(),
            done: world.sandbox.okta().effects().len(),
        }
    }

    fn is_past(self, before: Self, moment: Moment) -> bool {
        match moment {
            Moment::ModelAsked => self.asked > before.asked,
            Moment::Rings => self.rings > before.rings,
            Moment::Answered => self.answered > before.answered,
            Moment::Redeemed => self.redeemed > before.redeemed,
            Moment::Done => self.done > before.done,
        }
    }
}
