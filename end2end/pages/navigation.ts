// The pages that everybody's navigation leads to, by address, link and heading.
export const PAGES = [
  { path: "/inbox", link: "Inbox", heading: "Inbox" },
  { path: "/conversations", link: "All conversations", heading: "Conversations" },
  { path: "/help", link: "What you can ask", heading: "What you can ask" },
  { path: "/permissions", link: "Permissions", heading: "What Countersign may do for you" },
  { path: "/activity", link: "Activity", heading: "Your activity" },
  { path: "/connections", link: "Connected accounts", heading: "Connected accounts" },
  { path: "/passkeys", link: "Passkeys", heading: "Passkeys" },
];

/** The page of operators. */
export const TOOLS = { path: "/tools", link: "Tool sources", heading: "Tool sources" };

/** The page of auditors. */
export const AUDIT = { path: "/activity/all", link: "Everyone's activity", heading: "Everyone's activity" };
