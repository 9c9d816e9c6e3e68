// The people of the demo's company, as the provider knows them. Their addresses and ids are those of the sandbox's Okta.
const people = [
  { account: "ada", okta_id: "00u1adabyron0000acme", name: "Ada Byron", given_name: "Ada", family_name: "Byron" },
  { account: "bob", okta_id: "00u2bobcrane0000acme", name: "Bob Crane", given_name: "Bob", family_name: "Crane" },
  { account: "eve", okta_id: "00u3evedorn00000acme", name: "Eve Dorn", given_name: "Eve", family_name: "Dorn" },
  { account: "grace", okta_id: "00u4gracehale000acme", name: "Grace Hale", given_name: "Grace", family_name: "Hale" },
];

/** Builds the directory of a character: `{ account, sub, claims(use) }` for each person. */
export function directory(character) {
  const { email_verified: verified, subject = "person-{account}", username = "{account}", oid } = character.claims;
  return people.map(({ account, okta_id, ...names }) => {
    const fill = (template) => template.replaceAll("{account}", account).replaceAll("{okta_id}", okta_id);
    const sub = fill(subject);
    const all = {
      ...names,
      email: `${account}@acme.example`,
      preferred_username: fill(username),
      ...(oid && { oid: fill(oid) }),
    };
    return { account, sub, username: all.preferred_username, claims: (use) => ({ sub, ...all, ...vouched(verified, use) }) };
  });
}

// The value may differ between the ID token and /userinfo: `{ id_token: true, userinfo: "true" }`.
function vouched(verified, use) {
  const value = verified !== null && typeof verified === "object" ? verified[use] : verified;
  return value === null || value === undefined ? {} : { email_verified: value };
}
