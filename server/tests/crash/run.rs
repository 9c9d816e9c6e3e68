//! One run: the person follows the scenario while the killer follows the plan; then everything is collected and
//! checked.

use crate::check::{self, Violation};
use crate::killer::{self, Killed};
use crate::page::{self, Sight};
use crate::person::Person;
use crate::phone::{self, Answers, Attention};
use crate::plan::{House, Phone, Plan};
use crate::record::{Post, Record};
use crate::scenario::Mind;
use crate::world::{ADA, World};
use app::state::Transcript;
use std::time::Duration;
use tokio::sync::watch::{self, Receiver, Sender};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Longest time of a run before its turns count as stuck; allows for some leases, some restarts and an approval that
/// expires.
const PATIENCE: Duration = Duration::from_secs(120);

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) plan: Plan,
    pub(crate) killed: Vec<Killed>,
    pub(crate) record: Record,
    pub(crate) violations: Vec<Violation>,
    /// The last log lines of every server.
    pub(crate) logs: String,
}

/// Runs a plan and checks the result.
pub(crate) async fn run(plan: Plan) -> Outcome {
    let servers = match plan.house {
        House::Restart => 1,
        House::Second => 2,
    };
    let mut world = World::start(servers).await;
    let person = Person::sign_in(world.front.clone(), ADA).await;
    let person = person.unwrap_or_else(|answer| panic!("{ADA} is not signed in: {answer}\n{}", world.lines()));
    world.slow_down(plan.slow);
    let (sight, seen) = watch::channel(Sight::default());
    let (attention, looks) = watch::channel(Attention::Elsewhere);
    let answers = Answers::default();
    // Tasks that end with the run.
    let mut around = JoinSet::new();
    if let Some(answer) = plan.scenario.phone {
        let (sandbox, seen, answers) = (world.sandbox.clone(), seen.clone(), answers.clone());
        around.spawn(phone::answer(sandbox, answer, seen, looks, answers));
    }
    if plan.phone == Phone::AtOnce && plan.scenario.mind == Mind::Stays {
        attention.send_replace(Attention::OnThePhone);
    }
    let posted = act(&plan, &person, sight, &attention, &mut around);
    let (conversation, posts, killed) = {
        let all = plan.scenario.says.len();
        let rest = async || {
            let _ = timeout(PATIENCE, seen.clone().wait_for(|sight| sight.ended.len() >= all)).await;
        };
        let killing = async {
            let killed = killer::kill(&mut world, &plan.kills, plan.house, &seen, &answers, &rest).await;
            if plan.scenario.mind == Mind::Stays {
                attention.send_replace(Attention::OnThePhone);
            }
            killed
        };
        let ((conversation, posts), killed) = tokio::join!(posted, killing);
        rest().await;
        (conversation, posts, killed)
    };
    let record = collect(&world, &person, &conversation, posts, &seen, &answers).await;
    let mut violations = check::all(&record);
    if plan.kills.is_empty() {
        violations.extend(check::undisturbed(&record, plan.scenario));
    }
    Outcome { plan, killed, record, violations, logs: world.lines() }
}

/// Performs the person's part: posts the messages, opens the page, and possibly cancels or stops.
async fn act(
    plan: &Plan,
    person: &Person,
    sight: Sender<Sight>,
    attention: &Sender<Attention>,
    around: &mut JoinSet<()>,
) -> (String, Vec<Post>) {
    let mut seen = sight.subscribe();
    let mut posts = Vec::new();
    let mut conversation = String::new();
    for (number, text) in plan.scenario.says.iter().enumerate() {
        let client = format!("crash-client-{number}");
        if number == 0 {
            conversation = person.start(text, &client).await.conversation;
            let page = page::follow(person.clone(), conversation.clone(), plan.seat, sight.clone());
            around.spawn(page);
        } else {
            person.say(&conversation, text, &client).await;
        }
        posts.push(Post { client, text: (*text).to_owned() });
    }
    let _ = timeout(PATIENCE, change_mind(plan.scenario.mind, person, &conversation, &mut seen)).await;
    if plan.scenario.mind != Mind::Stays {
        attention.send_replace(Attention::OnThePhone);
    }
    (conversation, posts)
}

async fn change_mind(mind: Mind, person: &Person, conversation: &str, seen: &mut Receiver<Sight>) {
    let over = |sight: &Sight| !sight.ended.is_empty();
    let rings = |sight: &Sight| sight.ringing().is_some() || over(sight);
    match mind {
        Mind::Stays => {}
        Mind::Cancels => {
            let call = seen.wait_for(rings).await.ok().and_then(|sight| sight.ringing());
            if let Some(call) = call {
                // "Too late" is a valid result too: an earlier attempt that broke off may have succeeded.
                let _ = person.cancel(conversation, &call).await;
            }
        }
        Mind::StopsTheRinging => {
            let _ = seen.wait_for(rings).await;
            person.stop(conversation).await;
        }
        Mind::StopsTheWords => {
            let speaks = |sight: &Sight| !sight.transcript.partial.is_empty() || over(sight);
            let _ = seen.wait_for(speaks).await;
            person.stop(conversation).await;
        }
    }
}

async fn collect(
    world: &World,
    person: &Person,
    conversation: &str,
    posts: Vec<Post>,
    seen: &Receiver<Sight>,
    answers: &Answers,
) -> Record {
    let reloaded = Transcript::of(&person.load(conversation).await.talk.frames);
    // The open page may be reconnecting; it gets some time to catch up.
    let caught_up = |sight: &Sight| sight.over.is_some() || sight.transcript == reloaded;
    let _ = timeout(Duration::from_secs(10), seen.clone().wait_for(caught_up)).await;
    let page = seen.borrow().clone();
    let (entries, findings) = world.ledger().await;
    Record {
        who: ADA.to_owned(),
        posts,
        log: world.log(conversation).await,
        entries,
        pushes: world.rings(answers),
        effects: world.effects(),
        page,
        reloaded,
        findings,
        sins: world.sins(),
    }
}
