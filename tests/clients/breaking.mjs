// The gate against breaking changes: what worked with the last release must go on working.

import { buildSchema, findBreakingChanges } from 'graphql';

const HEADING = /^# Released as: (.+)\n/;

/** The release whose schema this is, from its first line. */
export function releaseOf(released) {
    const name = HEADING.exec(released)?.[1];
    if (!name) throw new Error('client/released.graphql must begin with "# Released as: ..."');
    return name;
}

/**
 * What breaks clients of the last release and is not meant to. `allowed` has an entry `{ change, reason }` for every
 * break that is meant; one without a reason, or for a change that is not there, is a problem too.
 */
export function problemsOfChanges(released, sdl, allowed) {
    const changes = findBreakingChanges(buildSchema(released), buildSchema(sdl)).map((change) => change.description);
    const meant = new Set(allowed.map(({ change }) => change));
    return [
        ...changes
            .filter((change) => !meant.has(change))
            .map((change) => `breaks clients of the last release: ${change}`),
        ...allowed.filter(({ reason }) => !reason?.trim()).map(({ change }) => `allowed without a reason: ${change}`),
        ...allowed
            .filter(({ change }) => !changes.includes(change))
            .map(({ change }) => `allowed, but not there: ${change}`),
    ];
}
