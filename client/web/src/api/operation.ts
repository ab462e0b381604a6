declare const answer: unique symbol;
declare const given: unique symbol;

/** The text of an operation, which knows the types of its answer and of its variables. */
export type Operation<Data, Variables> = string & { readonly [answer]: Data; readonly [given]: Variables };
