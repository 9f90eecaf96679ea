import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { Session } from 'nest-sessions';

@Controller('wishes')
export class WishlistController {
  // #region handlers
  @Get()
  list(@Session('wishes') wishes: string[] = []) {
    return wishes; // only read: nothing is stored, and whoever has no session gets none
  }

  @Post()
  add(@Session() session: Session, @Body('wish') wish: string) {
    return session.compute('wishes', (wishes = []) => [...wishes, wish]);
  }

  @Delete(':index')
  remove(@Session() session: Session, @Param('index') index: string) {
    const wishes = session.get('wishes', []);
    wishes.splice(Number(index), 1); // a change inside a value is noticed
    return wishes;
  }
  // #endregion
}
