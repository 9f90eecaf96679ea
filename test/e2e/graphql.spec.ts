import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { INestApplication } from '@nestjs/common';
import { GraphQLModule, Mutation, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Session } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';

const typeDefs = `
  type Visit { id: Int!, count: Int! }
  type Query { first: Int!, second: Int!, visit: Visit!, plain: Int! }
  type Mutation { add: Int!, logout: Boolean! }
`;

@Resolver('Visit')
class VisitResolver {
  @Query()
  first(@Session() session: Session) {
    return session.compute('count', (count = 0) => count + 1);
  }

  @Query()
  second(@Session() session: Session) {
    session.set('second', true);
    return session.get('count', 0);
  }

  @Query()
  plain() {
    return 1;
  }

  @Query()
  visit() {
    return { id: 1 };
  }

  /** A field: no interceptor runs for it. */
  @ResolveField()
  count(@Session('count') count = 0) {
    return count;
  }

  @Mutation()
  add(@Session() session: Session) {
    return session.compute('count', (count = 0) => count + 10);
  }

  @Mutation()
  async logout(@Session() session: Session) {
    await session.flush();
    return true;
  }
}

/** Counts the calls of the store. */
class CountingEngine extends MemoryEngine {
  readonly calls: string[] = [];

  override load(...args: Parameters<MemoryEngine['load']>) {
    this.calls.push('load');
    return super.load(...args);
  }

  override create(...args: Parameters<MemoryEngine['create']>) {
    this.calls.push('create');
    return super.create(...args);
  }

  override replace(...args: Parameters<MemoryEngine['replace']>) {
    this.calls.push('replace');
    return super.replace(...args);
  }
}

describe('sessions in GraphQL', () => {
  const engine = new CountingEngine();
  let app: INestApplication;
  beforeAll(async () => {
    app = await startApplication(
      platforms[0]!,
      {
        imports: [GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, typeDefs })],
        providers: [VisitResolver],
      },
      { engine },
    );
  });
  afterAll(() => app.close());
  beforeEach(() => engine.calls.splice(0));
  const ask = (query: string, cookie = 'other=1') =>
    request(app.getHttpServer()).post('/graphql').set('Cookie', cookie).send({ query });

  it('root fields that run side by side share one load and one save', async () => {
    const first = await ask('{ first second }').expect(200);
    expect(first.body).toEqual({ data: { first: 1, second: 1 } });
    expect(engine.calls).toEqual(['create']);
    engine.calls.splice(0);
    const again = await ask('{ first second visit { id count } }', cookieOf(first)!).expect(200);
    expect(again.body).toEqual({ data: { first: 2, second: 2, visit: { id: 1, count: expect.any(Number) } } });
    expect(engine.calls).toEqual(['load', 'replace']);
  });

  it('a field that no interceptor runs for loads the session itself', async () => {
    const { body } = await ask('{ visit { id count } }').expect(200);
    expect(body).toEqual({ data: { visit: { id: 1, count: 0 } } });
  });

  it('a query that does not use the session costs nothing', async () => {
    const first = await ask('{ first }');
    engine.calls.splice(0);
    const response = await ask('{ plain }', cookieOf(first)!).expect(200);
    expect(engine.calls).toEqual([]);
    expect(setCookies(response)).toEqual([]);
  });

  it('mutations run one after the other on one session', async () => {
    const first = await ask('{ first }');
    const { body } = await ask('mutation { a: add b: add }', cookieOf(first)!);
    expect(body).toEqual({ data: { a: 11, b: 21 } });
    const logout = await ask('mutation { logout }', cookieOf(first)!);
    expect(setCookies(logout)[0]).toContain('Max-Age=0');
  });
});
