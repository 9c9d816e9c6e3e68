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

# The card of a call that waits for a confirmation
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
composer-editing = Your message and all that followed are replaced.
composer-leave = Do not edit
input-not-replaceable = This message cannot be edited right now. Wait until the answer is finished, or copy the text into a new message.
