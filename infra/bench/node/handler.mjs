// The same two answers as a team that knows Node.js would write them: Apollo Server, the AWS SDK, AWS's own verifier of
// tokens. It makes the same calls to the table as the resolvers function, and signs the same addresses.

import { ApolloServer } from '@apollo/server';
import { startServerAndCreateLambdaHandler, handlers } from '@as-integrations/aws-lambda';
import { BatchGetItemCommand, DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { JwtRsaVerifier } from 'aws-jwt-verify';

const { MANTEL_TABLE: table, MANTEL_RENDITIONS_BUCKET: bucket, MANTEL_MEDIA_URL: endpoint } = process.env;
const VIEW_SECONDS = 7_200;
const WINDOW_MS = 3_600_000;

const dynamodb = new DynamoDBClient({});
const s3 = new S3Client({ endpoint, forcePathStyle: true });
const verifier = JwtRsaVerifier.create({
    issuer: process.env.MANTEL_ISSUER,
    audience: null,
    jwksUri: process.env.MANTEL_JWKS_URL,
    customJwtCheck: ({ payload }) => {
        if (payload.token_use !== 'access' || payload.client_id !== process.env.MANTEL_CLIENT_ID) throw new Error('not for us');
    },
});

const typeDefs = `#graphql
    type Query { viewer: User gallery(id: ID!): Gallery }
    type User { id: ID! displayName: String! role: String! }
    type Gallery { id: ID! title: String! media(first: Int!): MediaConnection }
    type MediaConnection { edges: [MediaEdge!]! pageInfo: PageInfo! }
    type MediaEdge { cursor: String! node: Media! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type Media { id: ID! fileName: String takenAt: String width: Int height: Int thumbhash: String thumbnail: Rendition }
    type Rendition { url: String! width: Int! height: Int! }
`;

async function read(keys) {
    const Keys = keys.map(([PK, SK]) => ({ PK: { S: PK }, SK: { S: SK } }));
    const command = new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } });
    const items = (await dynamodb.send(command)).Responses[table].map(item => unmarshall(item));
    return new Map(items.map(item => [`${item.PK} ${item.SK}`, item]));
}

/** Galleries of the family are for everyone signed in; others for who is on their list. */
function gallery(_, { id }, { records, user }) {
    const key = `GAL#${id.slice('gal_'.length)}`;
    const found = records.get(`${key} GAL`);
    const open = found?.visibility === 'FAMILY' || user.role === 'ADMIN' || records.has(`${key} GRANT#${user.sub}`);
    return open ? found : null;
}

async function page({ PK, sort }, { first }) {
    const { Items: entries, LastEvaluatedKey: more } = await dynamodb.send(new QueryCommand({
        TableName: table,
        IndexName: 'GSI1',
        KeyConditionExpression: 'GSI1PK = :pk',
        ExpressionAttributeValues: { ':pk': { S: PK } },
        ScanIndexForward: sort === 'TAKEN_AT_ASC',
        Limit: first + 1,
    }));
    const shown = entries.slice(0, first);
    const records = await read(shown.map(entry => [entry.PK.S, entry.SK.S]));
    const edges = shown.map(entry => ({
        cursor: Buffer.from(entry.GSI1SK.S).toString('base64url'),
        node: records.get(`${entry.PK.S} ${entry.SK.S}`),
    }));
    return { edges, pageInfo: { hasNextPage: entries.length > first || Boolean(more), endCursor: edges.at(-1)?.cursor } };
}

async function thumbnail({ id, renditions }) {
    if (!renditions) return null;
    const command = new GetObjectCommand({
        Bucket: bucket,
        Key: `${id}/${renditions.recipe}/thumbnail`,
        ResponseCacheControl: 'private, max-age=31536000, immutable',
        ResponseContentDisposition: 'inline',
        ResponseContentType: 'image/jpeg',
    });
    // As of the start of the hour, so that browsers get the same address again.
    const signingDate = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS);
    const url = await getSignedUrl(s3, command, { expiresIn: VIEW_SECONDS, signingDate });
    return { url, width: renditions.thumbnail.width, height: renditions.thumbnail.height };
}

const resolvers = {
    Query: { viewer: (_, __, { user }) => user, gallery },
    User: { displayName: user => user.display_name },
    Gallery: { media: page },
    Media: { fileName: media => media.file_name, takenAt: media => media.taken_at, thumbnail },
};

/** The record behind a token, which overrules it, in one call with what decides about the gallery that is asked for. */
async function context({ event }) {
    const { sub } = await verifier.verify(event.headers.authorization.replace(/^Bearer /i, ''));
    const id = JSON.parse(event.body).variables?.id?.slice('gal_'.length);
    const records = await read([
        [`USER#${sub}`, 'USER'],
        ...(id ? [[`GAL#${id}`, 'GAL'], [`GAL#${id}`, `GRANT#${sub}`]] : []),
    ]);
    const user = records.get(`USER#${sub} USER`);
    if (!user || user.disabled) throw new Error('nobody');
    return { records, user: { ...user, sub } };
}

const server = new ApolloServer({ typeDefs, resolvers, introspection: false });
export const handler = startServerAndCreateLambdaHandler(
    server, handlers.createAPIGatewayProxyEventV2RequestHandler(), { context },
);
