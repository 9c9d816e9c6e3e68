# The frame of every page
skip = Skip to content
menu = Menu
acts-as-you = Acts as you
acts-explained = Countersign can do what you can do, and nothing else. It asks your company's permission service before every action.
acts-activity = What was done for you
acts-accounts = Your connected accounts
nav-inbox = Inbox
nav-help = What you can ask
nav-permissions = Permissions
nav-activity = Activity
nav-accounts = Connected accounts
nav-passkeys = Passkeys
nav-audit = Everyone's activity
nav-tools = Tool sources
rail-new = New conversation
rail-search = Search conversations
rail-search-label = Quick search
rail-none = Your conversations will be listed here.
rail-newest = Show newest conversations
rail-older = Show older conversations
rail-all = All conversations
rail-waiting = (waiting for you)
sign-out = Sign out
language-label = Language
day-today = Today
day-yesterday = Yesterday
day-week = Last 7 days
day-older = Older
copy = Copy
page-still = This page does not update by itself. You can still send messages; reload to see the answers.

# Dates
weekdays = Monday Tuesday Wednesday Thursday Friday Saturday Sunday
months = January February March April May June July August September October November December
date = { $weekday }, { $day } { $month } { $year }

# A page of one message
way-home = Back to conversations
way-chat = Go to your conversations
try-again = Try again
start-again = Start again
not-now = Not now
nothing-here = There is nothing here
not-yours = The address may be wrong, or the conversation may not be yours.
not-looked-up = This cannot be looked up
denied-page = You don't have permission for this: it needs { $relation } on { $object }. Nothing was shown or changed. Once an administrator grants it, it works right away.
unsent-lead = Sign in in a new tab. Then come back to this page and send your message again.
unsent-way = Sign in in a new tab
