import { NotFoundError, UnavailableError } from '../errors/domain-error';
import { databaseFailure } from './database-failure';

const failing = (message: string, code?: string): Error => Object.assign(new Error(message), code ? { code } : {});

it.each([
  ['a refused connection', failing('connect ECONNREFUSED', 'ECONNREFUSED')],
  ['a lost connection', failing('read ECONNRESET', 'ECONNRESET')],
  ['a connection that pg gave up', failing('Connection terminated unexpectedly')],
  ['a database that is shutting down', failing('terminating connection', '57P01')],
  ['a statement that took too long', failing('canceling statement', '57014')],
  ['a database that is read-only', failing('cannot execute INSERT in a read-only transaction', '25006')],
  ['a standby', failing('cannot acquire lock mode while recovery is in progress', '55000')],
  ['a deadlock, tried often enough', failing('deadlock detected', '40P01')],
])('%s means that the store cannot answer just now', (_case, error) => {
  const failure = databaseFailure(error);
  expect(failure).toBeInstanceOf(UnavailableError);
  expect(failure).toMatchObject({ code: 'dependency-unavailable', cause: error });
});

it.each([
  ['a number out of range', '22003'],
  ['a time out of range', '22008'],
  ['an offset out of range', '22009'],
  ['a text of no encoding', '22021'],
  ['an index row that is too large', '54000'],
])('%s is the fault of a value', (_case, code) => {
  expect(databaseFailure(failing('no', code))).toMatchObject({ code: 'value-not-storable', kind: 'bad-request' });
});

it('a pool without a free connection asks for another try in a second', () => {
  expect(databaseFailure(failing('timeout exceeded when trying to connect'))).toMatchObject({
    code: 'database-busy',
    retryAfterSeconds: 1,
  });
});

it.each([
  ['a broken rule of the schema', failing('duplicate key', '23505')],
  ['a defect of ours', new TypeError('x is not a function')],
  ['what the domain refused inside a transaction', new NotFoundError('flow-not-found', 'There is no such Flow.')],
  ['what is no error at all', 'text'],
])('%s stays what it is', (_case, error) => {
  expect(databaseFailure(error)).toBe(error);
});
