import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  HttpException,
  InternalServerErrorException,
  Logger,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { CookieOverflowError } from 'nest-sessions';
import { SignInRequired } from '../account/sign-in-required.js';
import { problemView } from './problem.view.js';

/** Answers with a page where a browser asks for one, and to everybody else as Nest does. */
@Catch()
export class ProblemPageFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    const wantsPage = request.accepts(['json', 'html']) === 'html';
    if (wantsPage && problem instanceof SignInRequired) {
      response.redirect(303, `/sign-in?next=/${request.path.split('/')[1]}`);
      return;
    }
    response.status(problem.getStatus());
    if (wantsPage) response.send(problemView(problem).toString());
    else response.json(problem.getResponse());
  }
}

function problemOf(error: unknown): HttpException {
  if (error instanceof HttpException) return error;
  if (error instanceof CookieOverflowError) return new BadRequestException(error.message);
  new Logger('Shop').error(error);
  return new InternalServerErrorException('Something went wrong here. It is not your fault.');
}
