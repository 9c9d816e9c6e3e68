# Signed out
welcome-title = IT help that can only do what you can do
welcome-lead = Ask in your own words. Countersign answers and makes changes for you, with your permissions.
welcome-checked = Every action is checked against your permissions when it happens.
welcome-confirmed = Important changes wait until you confirm them.
welcome-recorded = Countersign never sees your passwords, and every action is recorded.

# The start page
start-greeting = How can I help, { $name }?
start-greeting-unnamed = How can I help?
start-lead = I work with your own permissions, so I can do what you can do.
start-all = See everything that you can ask
start-right-away = { $system } · answers right away
start-confirm = { $system } · you confirm it
start-connect = { $system } · connect { $account } first

# Conversations
conversations-title = Conversations
conversations-none-yet = Nothing found so far. Older conversations have not been searched yet.
conversations-none-found = Nothing found. The search reads titles and the words of your own messages.
conversations-none = You have no conversations yet.
conversations-search-older = Search older conversations
conversations-older = Older conversations
conversations-search = Search titles and your own messages
search = Search
conversations-download = Download
conversations-download-lead = Everything that you said and were told, in one file.
conversations-all-markdown = All as Markdown
conversations-all-json = All as JSON
conversations-deleted = The conversation was deleted.
undo = Undo
conversations-found = Found: { $words }
conversations-menu = Rename, download, delete
conversations-new-title = New title
rename = Rename
delete = Delete

# What you can ask
help-lead = Ask in your own words. These are examples.
help-ask = You can ask
help-confirm = You confirm
help-connect = You connect an account first
help-not = Not available to you
help-unknown = Cannot be looked up now
help-confirming = Confirming
help-confirming-lead = Important changes wait until you confirm them. Countersign shows a code; your phone shows the same code and what would be done. Confirm only if both agree. A confirmation counts once, for that change only.
help-details = Your permissions in detail, and how to ask for more

# Permissions
permissions-title = What Countersign may do for you
permissions-lead = Your company's permission service answered just now. Countersign asks it again before every action.
permissions-requests = Your requests for access
permissions-tools = Tools
ability-works = Works
ability-confirm = You confirm each time
ability-account = Needs your account
ability-denied = Not permitted
ability-depends = Depends on what you ask about
ability-unknown = Cannot be looked up now
ability-object = The person or thing that you name decides as well.
ability-tool = Tool { $name }
connect-account = Connect { $provider }
needs-permission = This needs the permission { $relation } on { $object }.
ask-whom = You can ask: { $people }.
ask-whom-more = You can ask: { $people }, and others.
access-ask = Ask for access
access-reason = Reason
access-for = For
access-hour = 1 hour
access-hours = 8 hours
access-days = 7 days
access-send = Send the request
access-withdraw = Withdraw the request
access-give-back = Give the access back…
access-conversation = Open the conversation
access-on = { $relation } on { $object }
access-asked-for = Asked for { $duration }
access-asks-for = Asks for { $relation } on { $object }.
access-grant = Grant
access-reason-read = Reason, which they read
access-decline = Decline
access-take-back = Take the access back…
access-open = Waiting for an answer
access-granted = Granted by { $person } until { $time }
access-ended = Ended { $time }
access-declined = Declined by { $person }
access-declined-reason = Declined by { $person }: { $reason }
access-withdrawn = Withdrawn
access-not-needed = Not needed any more
access-taken-back = Taken back by { $person }

# Tool sources
tools-none = No server is configured.
tools-lead = These are the tools that MCP servers offer to Countersign, read with your sign-in just now. A tool that has changed since it was first seen is not offered until an operator accepts the change.
tools-answers = Answers
tools-unusable = Cannot be used now
tools-why-not = Why not
tools-note = Note
tools-address = Address
tools-last-seen = Last seen
tools-was = Was
tools-now = Is now
tools-changed = changed, not offered
tools-lines = Lines that begin with { $model } show the arguments as the model sees them; lines that begin with { $schema } show all that the server says about them.
tools-accept = Accept this change
tools-accept-of = Accept this change of { $tool }
tools-offered = offered
tools-needs = Needs
tools-not-offered = not offered

# Passkeys
passkeys-none = You have no passkey yet.
passkeys-lead = With a passkey you confirm important changes. Your device asks for your fingerprint, your face or your PIN.
passkeys-synchronized = synchronized between your devices
passkeys-one-device = on one device
passkeys-never = never
passkeys-since = Set up
last-used = Last used
remove = Remove
remove-named = Remove { $name }
passkeys-device = Name of the device
passkeys-set-up = Set up a passkey
passkeys-scripts = Allow scripts on this page: a passkey cannot be set up without them.
passkeys-sign-in = To set up a passkey, sign in again. This proves that it is you.
sign-in-again = Sign in again
passkeys-full = You have { NUMBER($count) } passkeys. Remove one to set up another.
passkey-steps = Follow the steps of your device.
passkey-cancelled = Nothing was confirmed. Try again.
passkey-device-twice = This device has a passkey here already.
passkey-not-now = This does not work now. Try again.
