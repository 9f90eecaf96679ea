import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Session, SessionModule } from 'nest-sessions';

@Controller('counter')
class CounterController {
  @Post()
  count(@Session() session: Session) {
    return { count: session.compute('count', (count = 0) => count + 1) };
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      autoLoadEntities: true,
      synchronize: true,
    }),
    SessionModule.forRoot({ engine: 'db', secret: process.env.SECRET_KEY! }),
  ],
  controllers: [CounterController],
})
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(process.env.PORT ?? 3000);
