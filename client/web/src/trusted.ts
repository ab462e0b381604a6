// Trusted types let a page start only such scripts as a policy passed. This is the only one of ours.

interface Policy {
  createScriptURL(url: string): string;
}

const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;

const policy = factory?.createPolicy('mantel', {
  createScriptURL(url) {
    if (new URL(url, location.href).origin !== location.origin) throw new TypeError('scripts come from here only');
    return url;
  },
});

/** The address of a script of ours, as browsers want it that check. */
export const scriptUrl = (url: string): string => policy?.createScriptURL(url) ?? url;
