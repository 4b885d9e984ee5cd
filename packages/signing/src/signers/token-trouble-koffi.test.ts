import { describeTroubles } from '../../test/trouble-suite.ts';

describeTroubles('koffi');
