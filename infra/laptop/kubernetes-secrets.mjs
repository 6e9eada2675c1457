// npm run -s k8s:secrets | kubectl apply -f -: new secrets for the blog in a cluster, as a manifest (-s: and nothing else).
// AUTH_PRIVATE_KEY signs who is signed in, and only the client gets it; AUTH_PUBLIC_KEYS verify that; BUS_SECRET signs what
// goes between the services and the bus.
import { randomBytes } from 'node:crypto';
import { newKeys } from './auth-keys.cjs';

const { privateKey, publicKey } = newKeys();

console.log(`apiVersion: v1
kind: Secret
metadata:
  name: blog-secrets
  labels:
    app.kubernetes.io/part-of: blog
type: Opaque
stringData:
  AUTH_PRIVATE_KEY: ${privateKey}
  AUTH_PUBLIC_KEYS: ${publicKey}
  BUS_SECRET: ${randomBytes(32).toString('base64url')}`);
console.error(`New secrets: tokens made before count no more. The processes read them when they start:
kubectl rollout restart deployment -l app.kubernetes.io/part-of=blog`);
