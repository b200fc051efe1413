/** What came from a platform, or in its name, is not taken. The sentence may be shown: it names no token and no key. */
export class LtiRefusal extends Error {}
