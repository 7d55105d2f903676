import type { RolePlan } from './policy';

export const printForms = ['json', 'terraform', 'ros'] as const;
export type PrintForm = (typeof printForms)[number];

/** The roles as a document for another tool to create. */
export function printed(roles: readonly RolePlan[], form: PrintForm): string {
  const document = { json: () => roles, terraform: () => terraform(roles), ros: () => ros(roles) }[form]();
  return JSON.stringify(document, null, 2);
}

/** Terraform's JSON syntax, for a file such as keyturn.tf.json; provider aliyun/alicloud. */
function terraform(roles: readonly RolePlan[]) {
  const byName = <T>(describe: (role: RolePlan) => T) =>
    Object.fromEntries(roles.map((role) => [role.name, describe(role)]));
  return {
    resource: {
      alicloud_ram_role: byName(({ name, description, trust }) => ({
        role_name: name,
        description,
        assume_role_policy_document: verbatim(trust),
      })),
      alicloud_ram_policy: byName(({ name, description, policy }) => ({
        policy_name: name,
        description,
        policy_document: verbatim(policy),
      })),
      alicloud_ram_role_policy_attachment: byName(({ name }) => ({
        role_name: `\${alicloud_ram_role.${name}.role_name}`,
        policy_name: `\${alicloud_ram_policy.${name}.policy_name}`,
        policy_type: 'Custom',
      })),
    },
  };
}

/** In a string of Terraform a dollar sign before a brace begins an expression. */
const verbatim = (document: object): string => JSON.stringify(document).replaceAll('${', '$${');

/** A template of Resource Orchestration Service. */
function ros(roles: readonly RolePlan[]) {
  const resources = roles.flatMap(({ name, description, trust, policy }) => {
    const id = name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
    const role = {
      Type: 'ALIYUN::RAM::Role',
      Properties: { RoleName: name, Description: description, AssumeRolePolicyDocument: trust },
    };
    const managed = {
      Type: 'ALIYUN::RAM::ManagedPolicy',
      DependsOn: `${id}Role`,
      Properties: {
        PolicyName: name,
        Description: description,
        PolicyDocumentUnchecked: policy,
        Roles: [name],
      },
    };
    return [[`${id}Role`, role] as const, [`${id}Policy`, managed] as const];
  });
  return { ROSTemplateFormatVersion: '2015-09-01', Resources: Object.fromEntries(resources) };
}
