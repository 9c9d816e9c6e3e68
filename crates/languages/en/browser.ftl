# The composer
composer-placeholder = Ask for help, or say what to do
composer-next = Add a message; it is sent next
composer-label = Message
composer-send = Send
composer-stop = Stop
composer-fine = Checked against your permissions every time. Important changes wait for your confirmation.

# The lines above it
strip-offline = You're offline. Reconnecting…
strip-waits = Waiting for you:
strip-show = Show
sign-in = Sign in
reload = Reload
scroll-news = New messages
scroll-end = To the end

# The log
log-label = Conversation
log-you = You:
log-countersign = Countersign:
log-thinking = Thinking…
log-sending = Sending…
log-next = Sent next
log-remove = Remove
log-removed = Removed
log-cut = Countersign no longer sees messages before this point.
log-earlier-label = Earlier messages
log-earlier = Show earlier messages
log-later = Show later messages
announce-code = Waiting for confirmation. The code is { $code }.
announce-finished = Answer finished.
announce-thinking = Countersign is thinking.
announce-answering = Countersign is answering.
announce-calling = Countersign is using a tool.

# The end of a turn that is not an answer
end-stopped = You stopped this answer.
end-steps = Stopped after { NUMBER($limit) } steps, the most that one answer may take.
end-calls = Stopped after { NUMBER($limit) } calls, the most that one answer may make.
end-time = Stopped after { NUMBER($limit) } seconds, the longest that one answer may take.
end-tokens = Stopped at { NUMBER($limit) } tokens, the most that one answer may have.
model-throttled = The model has too many requests right now. Ask again in a minute.
model-overflow = This conversation is too long for the model. Start a new one.
model-misconfigured = The model refuses our requests. Your administrator can find the reason in the log.
model-unavailable = The model cannot be reached right now. Ask again in a moment.
model-cut = The model's answer is incomplete. Ask again to continue.
model-silent = The model did not answer in time. Ask again in a moment.
model-filtered = A content filter stopped this answer.
model-empty = The model gave an empty answer. Try different words.

# The card of a call: its state
state-checking = checking your permission
state-account = account needed
state-queued = waiting for your other confirmation
state-asking = waiting for your confirmation
state-approved = confirmed
state-running = working
state-done = done · { $outcome }
state-denied = not permitted
state-declined-you = declined by you
state-declined = declined
state-expired = expired
state-cancelled = cancelled
state-unconfirmed = not confirmed
state-not-connected = not connected
state-not-now = not now
state-not-done = not done
state-unknown = outcome unknown
card-label = { $summary }: { $state }
card-ask-access = Ask for access for an hour
card-copy-request = Copy a request for your admin
copied = Copied
card-again = Ask again
card-check = Check now
card-check-message = Look up the status of { $target }.
card-admin-request = Please give { $asker } the permission { $relation } on { $object } in Countersign. It is needed to: { $summary }. { $page }
card-not-now = Not now

# The card of a call: its sentence
card-queued = Another request is on your phone. This one follows when you have answered it.
card-confirmed = This was confirmed, code { $code }.
card-in-advance = Approved in advance, { NUMBER($number) } of { NUMBER($uses) }.
card-unknown = This was started, but we couldn't see whether it finished. It won't be repeated automatically.
card-denied = You don't have permission for this: it needs { $relation } on { $object }. Nothing was changed. Once an administrator grants it, it works right away.
card-nothing-changed = { $sentence } Nothing was changed.
card-nothing-done = { $sentence } Nothing was done.
card-unreachable = We could not reach { $service }, so nothing was done. Ask again in a moment.
card-calls-limit = One answer may make at most { NUMBER($limit) } calls. Nothing was done.
unapproved-denied = You declined this.
unapproved-expired = Nobody confirmed this in time.
unapproved-cancelled = You cancelled this. If your phone still asks, you can ignore it.
unapproved-mismatched = An approval that does not fit this request arrived and was refused. Your administrator can find it in the ledger.
unapproved-lost = The server stopped before it could store your answer.
unapproved-no-device = This needs a phone that you can approve with, and you have none set up. Your IT team can help.
unapproved-declined-reason = You declined this. The reason: { $reason }
unapproved-declined-by = { $person } declined this.
unapproved-declined-by-reason = { $person } declined this. The reason: { $reason }
unapproved-no-passkey = This needs your passkey, and you have none. Set one up on the page Passkeys, then ask again.
unapproved-no-approver = This needs the approval of a second person, and nobody else may approve it. Your administrator can help.
unapproved-not-approver = The second person who approved this is no longer allowed to do so.
unapproved-asked = You are already being asked about exactly this in another conversation.
unapproved-busy = Another request of yours stayed open for too long.
unapproved-cooling = A request was just declined or cancelled, so nobody is asked again for a while. Try again in a few minutes.
unapproved-daily = You were asked { NUMBER($limit) } times today, which is the daily limit.
unapproved-stale = Your approval is too old to be used. Ask again for a new one.
unapproved-used = The server stopped between your approval and the action, and an approval counts only once.
unapproved-changed = The details of this request have changed since you were asked.

# The card of a call that waits for a confirmation
ask-label = { $summary }: waiting for your confirmation
ask-sending = Sending the request…
ask-sending-advice = You will be shown this code where you confirm.
ask-phone = Waiting for you to confirm on your phone
ask-phone-advice = Confirm only if your phone shows this code. Your confirmation counts once, for this change only.
ask-both = Waiting for you, and for another person, to confirm
ask-both-advice = Confirm on your phone, but only if it shows this code. Another person must confirm it too.
ask-page = Waiting for confirmation
ask-page-open = Open the request
ask-page-advice = Do so here or on another device. Confirm only if it shows this code. Everybody who is asked must confirm.
ask-others = Waiting for another person to confirm
ask-others-advice = They see this code and exactly what would be done. You cannot confirm it yourself.
ask-code = Code { $code }
ask-details = What exactly will run
ask-untouched = Nothing has been changed yet.
ask-cancel = Cancel request
ask-permanent = This cannot be undone.
left-shown = { $time } left
left-seconds = { $seconds ->
    [one] { NUMBER($seconds) } second left
   *[other] { NUMBER($seconds) } seconds left
}
left-minutes = { $minutes ->
    [one] { NUMBER($minutes) } minute left
   *[other] { NUMBER($minutes) } minutes left
}
left-both = { $minutes ->
    [one] { NUMBER($minutes) } minute
   *[other] { NUMBER($minutes) } minutes
} { $seconds ->
    [one] { NUMBER($seconds) } second
   *[other] { NUMBER($seconds) } seconds
} left

# Errors
error-signed-out = You've been signed out. Sign in again to continue; your text is kept.
error-not-found = There is no such conversation.
error-not-now = { $service } cannot be reached right now. Nothing was lost; try again in a moment.
error-damaged = This conversation's record is damaged or was changed outside Countersign, so nothing in it is shown or carried out. Begin a new conversation and tell your administrator.
error-foreign = This request did not come from Countersign's own page.
error-other-person = Somebody else is signed in in this browser now. Nothing was sent, and your text is kept.
error-outdated = Countersign was updated. Reload this page to continue; your text is kept.
error-internal = Something went wrong on our side. Nothing was lost. If it keeps happening, give your administrator this number: { $id }
error-transport = Not sent: Countersign can't be reached. Your text is still here; try again in a moment.
limit-posts = You are sending messages very fast. Your text is kept; send it again in a moment.
limit-waiting = Many messages are already waiting in this conversation. Your text is kept; send it when some are answered.
limit-streams = You have too many Countersign pages open. Close some, and this one will continue.
limit-length = This conversation has reached its maximum length. Start a new one.
input-empty = Write a message first.
input-too-long = Your message is { NUMBER($length) } characters long; at most { NUMBER($limit) } fit. Shorten it or send it in parts.
input-no-title = Write a title first.
input-long-title = This title is { NUMBER($length) } characters long; at most { NUMBER($limit) } fit. Shorten it.
input-malformed = The request is not complete. Reload the page and try again.
input-too-late = It is too late to take this back: it has already been answered.

# The composer

# The lines above it

# The log

# The end of a turn that is not an answer

# The card of a call: its state

# The card of a call: its sentence

# The card of a call that waits for a confirmation

# Errors
composer-editing = Your message and all that followed are replaced.
composer-leave = Do not edit
log-replaced = An earlier version, which Countersign no longer sees
log-edit = Edit
log-resend = Send again
log-link = Link
log-copy = Copy
log-unsent = Not sent
log-retry = Try again
input-not-replaceable = This message cannot be edited right now. Wait until the answer is finished, or copy the text into a new message.
scan-show = Show a code to scan
scan-alt = Code that opens this request on another device
