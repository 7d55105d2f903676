import { strikeEveryCall } from './every-call';
import { deletion, disabling, rotation } from './scenarios';

strikeEveryCall([rotation, disabling, deletion]);
