// Signs and verifies with javax.xml.crypto, one order per line of standard input.
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.*;
import java.util.*;
import javax.xml.crypto.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.*;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.crypto.dsig.spec.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.*;
import javax.xml.transform.stream.*;
import org.w3c.dom.*;

public class Peer {
  static final XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      String[] order = line.split("\t", -1);
      String answer;
      try {
        answer = order[0].equals("verify") ? verify(order) : sign(order);
      } catch (Throwable problem) {
        answer = "error " + problem.getClass().getSimpleName() + " " + String.valueOf(problem.getMessage()).replace('\n', ' ');
      }
      System.out.println(answer);
      System.out.flush();
    }
  }

  static Document read(String path) throws Exception {
    DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
    builders.setNamespaceAware(true);
    Document document = builders.newDocumentBuilder().parse(new File(path));
    NodeList all = document.getElementsByTagName("*");
    for (int at = 0; at < all.getLength(); at++) {
      Element element = (Element) all.item(at);
      if (element.hasAttribute("Id")) element.setIdAttribute("Id", true);
    }
    return document;
  }

  static String verify(String[] order) throws Exception {
    Document document = read(order[1]);
    NodeList found = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature");
    Element certificate = (Element) document.getElementsByTagNameNS(XMLSignature.XMLNS, "X509Certificate").item(0);
    byte[] raw = Base64.getMimeDecoder().decode(certificate.getTextContent());
    PublicKey key = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(raw)).getPublicKey();
    DOMValidateContext context = new DOMValidateContext(key, found.item(0));
    context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
    return String.valueOf(factory.unmarshalXMLSignature(context).validate(context));
  }

  static byte[] pem(String path) throws Exception {
    return Base64.getMimeDecoder().decode(Files.readString(Path.of(path)).replaceAll("-----[A-Z ]+-----", ""));
  }

  // sign <in> <out> <key pem> <certificate pem> <RSA|EC> <signature uri> <c14n uri> <root|CHUKYDONVI> <reference uri>
  static String sign(String[] order) throws Exception {
    Document document = read(order[1]);
    PrivateKey key = KeyFactory.getInstance(order[5]).generatePrivate(new PKCS8EncodedKeySpec(pem(order[3])));
    java.security.cert.Certificate certificate =
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem(order[4])));
    String form = order[7];
    boolean isWhole = order[9].isEmpty();
    List<javax.xml.crypto.dsig.Transform> transforms = new ArrayList<>();
    if (isWhole) transforms.add(factory.newTransform(javax.xml.crypto.dsig.Transform.ENVELOPED, (TransformParameterSpec) null));
    if (form.equals(CanonicalizationMethod.EXCLUSIVE)) transforms.add(factory.newTransform(form, (TransformParameterSpec) null));
    Reference reference = factory.newReference(order[9], factory.newDigestMethod(DigestMethod.SHA256, null), transforms, null, null);
    SignedInfo info = factory.newSignedInfo(
        factory.newCanonicalizationMethod(form, (C14NMethodParameterSpec) null),
        factory.newSignatureMethod(order[6], null), List.of(reference));
    KeyInfoFactory keys = factory.getKeyInfoFactory();
    KeyInfo keyInfo = keys.newKeyInfo(List.of(keys.newX509Data(List.of(certificate))));
    Node parent = order[8].equals("root") ? document.getDocumentElement() : document.getElementsByTagName(order[8]).item(0);
    factory.newXMLSignature(info, keyInfo).sign(new DOMSignContext(key, parent));
    Transformer out = TransformerFactory.newInstance().newTransformer();
    out.transform(new DOMSource(document), new StreamResult(new File(order[2])));
    return "true";
  }
}
