import { Test } from '@nestjs/testing';
import { SessionModule, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { WishlistController } from '../sessions/wishlist.controller.js';

it('adds a wish to those that there are', async () => {
  const options = { engine: new MemoryEngine(), secret: 'only for this test' };
  const module = await Test.createTestingModule({ imports: [SessionModule.forRoot(options)] }).compile();

  const session = await module.get(SessionService).create({ wishes: ['pen'] });
  expect(new WishlistController().add(session, 'ink')).toEqual(['pen', 'ink']);
  expect(session.get('wishes')).toEqual(['pen', 'ink']);

  await module.close();
});
