import { strikeEveryCall } from './every-call';
import { adoption, adoptionOfOld, firstKey, takeOver } from './scenarios';

strikeEveryCall([adoption, adoptionOfOld, firstKey, takeOver]);
