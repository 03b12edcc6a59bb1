/** Rows by the name of the action recommended for them. */

export type ActionCounts = Readonly<Record<string, number>>;
