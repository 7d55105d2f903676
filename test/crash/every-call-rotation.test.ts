import { strikeEveryCall } from './every-call';
import { deletion, disabling, orphan, rotation } from './scenarios';

strikeEveryCall([deletion, disabling, orphan, rotation]);
