import { strikeEveryCall } from './every-call';
import { firstKey, takeOver } from './scenarios';

strikeEveryCall([firstKey, takeOver]);
