import { describeTroubles } from '../../test/trouble-suite.ts';

describeTroubles('pkcs11js');
