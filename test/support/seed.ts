/** The same cases in every run, so that a red run can be repeated; FC_SEED=n tries others. */
export const seed = Number(process.env.FC_SEED ?? 20_261_123);
