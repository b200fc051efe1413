import { gateway, gatewayClass, referenceGrant } from './gateway-definitions.ts';
import { httpRoute } from './route-definition.ts';

export const GATEWAY_API_CRDS: readonly object[] = [gatewayClass, gateway, httpRoute, referenceGrant];
