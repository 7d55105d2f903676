import { configureGlobal } from 'fast-check';

/** The same cases in every run, so that a red run can be repeated; FC_SEED=n tries others. */
configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_123) });
