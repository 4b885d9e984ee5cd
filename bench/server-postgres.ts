// A PostgreSQL of its own for as long as standard input stays open. Prints its address.
import { startPostgres } from '../packages/mock-server/test/postgres.ts';

const postgres = await startPostgres();
console.log(postgres.address);
process.stdin.resume();
process.stdin.once('close', () => void postgres.stop());
