/** What keyturn uses of `@alicloud/fc2`, which ships no types. */
declare module '@alicloud/fc2' {
  interface Options {
    accessKeyID: string;
    accessKeySecret: string;
    securityToken?: string;
    region: string;
    endpoint: string;
    /** Plain http without it, unless `endpoint` says otherwise. */
    secure: boolean;
    /** Milliseconds. */
    timeout: number;
  }

  export default class Client {
    constructor(account: string, options: Options);
    invokeFunction(
      service: string,
      name: string,
      event: string,
      headers: Record<string, string>,
      qualifier?: string,
    ): Promise<{ headers: Record<string, string | undefined>; data: unknown }>;
  }
}
