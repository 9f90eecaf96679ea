import { once } from 'node:events';
import { connect } from 'node:net';

/** Whether a program takes connections yet. Until it does, they are refused. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, 'localhost');
  return once(socket, 'connect').then(
    () => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}
