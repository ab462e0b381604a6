// Speaks to a running server as its accounts do.

/** As `.ci/run` starts the server, where the environment does not say otherwise. */
const PASSWORD = 'audit-password';
const passwords = {
    ADMIN: process.env.MANTEL_ADMIN_PASSWORD ?? PASSWORD,
    VISITOR: process.env.MANTEL_FAMILY_PASSWORD ?? PASSWORD,
};

/** Sends a document that must succeed, and gives its data. */
export async function ask(url, query, variables, token) {
    const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(errors.map((error) => error.message).join(' '));
    return data;
}

/** Signs in with the offered account of a role, and gives its access token. */
export async function signIn(url, role) {
    const { signInOptions } = await ask(url, '{ signInOptions { id role } }');
    const option = signInOptions.find((offered) => offered.role === role);
    if (!option) throw new Error(`No account of the role ${role} is offered.`);
    const { signIn } = await ask(
        url,
        'mutation($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { message } } }',
        { input: { optionId: option.id, password: passwords[role] } },
    );
    if (!signIn.session) throw new Error(signIn.userErrors.map((error) => error.message).join(' '));
    return signIn.session.accessToken;
}
