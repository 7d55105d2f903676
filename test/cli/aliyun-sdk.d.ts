/** The official client for Node.js before the present ones, as far as it is tried here. */
declare module 'aliyun-sdk' {
  interface Options {
    accessKeyId: string;
    secretAccessKey: string;
    endpoint: string;
    apiVersion: string;
  }
  type Answered = (error: Error | null, answer: Record<string, unknown>) => void;
  type Service = Record<string, (params: Record<string, string>, answered: Answered) => void>;
  const sdk: Record<'RAM' | 'STS', new (options: Options) => Service>;
  export default sdk;
}
