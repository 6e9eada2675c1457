// npm run -s k8s:secrets | kubectl apply -f -: new secrets for the blog in a cluster, as a manifest (-s: and nothing else).
// AUTH_SECRET signs the tokens of who is signed in; BUS_SECRET what goes between the services and the bus.
import { randomBytes } from 'node:crypto';

const secret = () => randomBytes(32).toString('base64url');

console.log(`apiVersion: v1
kind: Secret
metadata:
  name: blog-secrets
  labels:
    app.kubernetes.io/part-of: blog
type: Opaque
stringData:
  AUTH_SECRET: ${secret()}
  BUS_SECRET: ${secret()}`);
console.error(`New secrets: whoever is signed in must sign in again. The processes read them when they start:
kubectl rollout restart deployment -l app.kubernetes.io/part-of=blog`);
