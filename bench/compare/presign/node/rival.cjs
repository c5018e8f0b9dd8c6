// The two ways of @aws-sdk/s3-request-presigner as rivals: the first argument says which;
// `src/rival/mod.rs` says how. CommonJS, because only that finds its modules by NODE_PATH.

const readline = require("node:readline");
const { formatUrl } = require("@aws-sdk/core/util");
const { GetObjectCommand, S3Client } = require("@aws-sdk/client-s3");
const { HttpRequest } = require("@smithy/core/protocols");
const { S3RequestPresigner, getSignedUrl } = require("@aws-sdk/s3-request-presigner");
const { version } = require("@aws-sdk/s3-request-presigner/package.json");

const BATCH = 100;

const connect = (sent) =>
  new S3Client({
    region: sent.region,
    credentials: { accessKeyId: sent.access_key_id, secretAccessKey: sent.secret_access_key },
  });

const RIVALS = {
  getSignedUrl: (sent) => {
    const client = connect(sent);
    const options = { expiresIn: sent.expires_seconds };
    return (key) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: sent.bucket, Key: key }), options);
  },
  S3RequestPresigner: (sent) => {
    const presigner = new S3RequestPresigner({ ...connect(sent).config });
    const hostname = `${sent.bucket}.s3.${sent.region}.amazonaws.com`;
    const options = { expiresIn: sent.expires_seconds };
    return async (key) => {
      const request = new HttpRequest({ protocol: "https:", hostname, path: `/${key}` });
      return formatUrl(await presigner.presign(request, options));
    };
  },
};

const cpuMicroseconds = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

async function takeTurn(presign, keys, microseconds) {
  const began = cpuMicroseconds();
  for (let urls = 0; ; ) {
    let url;
    for (let n = 0; n < BATCH; n += 1, urls += 1) {
      url = await presign(keys[urls % keys.length]);
    }
    const spent = cpuMicroseconds() - began;
    if (spent >= microseconds) {
      return `${urls} ${spent * 1000} ${url}`;
    }
  }
}

async function main() {
  let presign, keys;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (presign) {
      console.log(await takeTurn(presign, keys, Number(line) * 1000));
    } else {
      const sent = JSON.parse(line);
      keys = sent.keys;
      presign = RIVALS[process.argv[2]](sent);
      console.log(`${version}, Node ${process.versions.node}`);
    }
  }
}

main();
