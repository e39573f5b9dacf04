// Trusted Types: the server's policy lets no text become script. The one address that must be a
// script's is vouched for here, and it is a constant of ours.

type Policy = { createScriptURL(text: string): string };
type Factory = { createPolicy(name: string, rules: Policy): Policy };

/** Vouches for the address of our own worker, and for nothing else. */
export function trusted(address: "/sw.js"): string {
    const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
    if (!factory) return address;
    const policy = factory.createPolicy("roost", { createScriptURL: () => address });
    return policy.createScriptURL(address);
}
