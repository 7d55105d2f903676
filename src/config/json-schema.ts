import * as z from 'zod';
import { configSchema } from './schema';

const variable = '\\$\\{env:[A-Za-z_][A-Za-z0-9_]*\\}';

/** The JSON Schema of a configuration as it is written, for editors: durations are text, variables not yet put in. */
export function configJsonSchema(): object {
  return {
    title: 'keyturn configuration',
    ...z.toJSONSchema(configSchema, {
      io: 'input',
      target: 'draft-7',
      override: ({ jsonSchema }) => {
        if (jsonSchema.pattern && !jsonSchema.pattern.endsWith(variable))
          jsonSchema.pattern = `(?:${jsonSchema.pattern})|${variable}`;
        if (jsonSchema.enum) {
          jsonSchema.anyOf = [{ enum: jsonSchema.enum }, { pattern: variable }];
          delete jsonSchema.enum;
        }
      },
    }),
  };
}
